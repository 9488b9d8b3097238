import { packExtension } from './package.mjs';

packExtension();
