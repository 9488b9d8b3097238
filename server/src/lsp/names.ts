/** A uri as people read it. Some editors send what cannot be decoded: that is shown as it is. */
export function readableUri(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}
