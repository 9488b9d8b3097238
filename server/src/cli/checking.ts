// What `check` runs, and the context of every command: a part of its own, because it is run most, on small files too.
export { check } from './check.ts';
export { commandWith } from './context.ts';
export { spoolStandardInput } from './standardInput.ts';
