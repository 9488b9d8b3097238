// Opens a generated model like the scoring process does, in this process.
import type { OnnxRule } from '#core/reward/scorerRule.ts';
import { openFolder } from '#node/models/folder.ts';

import type { Model } from '../../server/src/scorer/model.ts';
import { openModel } from '../../server/src/scorer/model.ts';
import type { MadeModel } from './folders.ts';

export async function openWritten({ folder }: MadeModel, rule: Partial<OnnxRule> = {}): Promise<Model> {
  const { spec, files } = await openFolder(folder, { kind: 'onnx', model: folder, ...rule }, undefined);
  const referenceIds = files.referenceIds ?? [];
  return openModel({ folder, spec, providers: ['cpu'], threads: 1, referenceIds });
}
