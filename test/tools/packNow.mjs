import { packExtension } from './pack/package.mjs';

await packExtension();
