// What `check` runs, and what every command needs: a part of its own, because it is run most, on small files too. Help
// does without.
export { check } from './check.ts';
export { commandWith } from './context.ts';
export { spoolStandardInput } from './standardInput.ts';
export { UserError } from '#core/messages.ts';
export { openCacheFolder } from '#node/cacheFolder.ts';
export { defaultCacheFolder } from '#node/cachePlace.ts';
export { expandPaths } from '#node/paths.ts';
export { inWords } from '#node/systemErrors.ts';
