export async function once(): Promise<never> {
  return Promise.reject(new Error('events: nothing of Node happens in a browser'));
}
