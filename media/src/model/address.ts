/** Longer addresses are no links: nobody could read them in the editor's question. */
const MAX_ADDRESS = 2000;

/** True for an address that a text may offer as a link: no command, script, file or data. */
export function isSafeAddress(address: string): boolean {
  return (
    address.length <= MAX_ADDRESS && /^(?:https?:\/\/|mailto:)[^\s\p{Cc}\p{Bidi_Control}]+$/iu.test(address)
  );
}

/** True for a picture that lies in the text itself and can show nothing but a picture. */
export function isOwnPicture(address: string): boolean {
  return /^data:image\/(?:png|jpeg|gif|webp);base64,/.test(address);
}
