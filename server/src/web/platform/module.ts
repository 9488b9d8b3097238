export function createRequire(): never {
  throw new Error('module: packages of a browser are in its bundle');
}

export default { createRequire };
