// The start of the language server: what compiles is kept before anything large is loaded.
import { keepCompiledCode } from '#node/codeCache.ts';

keepCompiledCode();
await import('./program.ts');
