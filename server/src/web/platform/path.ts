// Paths of the editor's file system are those of uris.
import path from 'path-browserify';

export const { basename, dirname, extname, isAbsolute, join, normalize, posix, relative, resolve, sep } =
  path;

export default path;
