// The models of preflens.json whose chat templates can write the pairs of a file.
import { basename, resolve } from 'node:path';

import type { ScorerRule } from '#core/reward/scorerRule.ts';
import type { TemplateView } from '#protocol/editor/templates.ts';

import { configuredScorers } from '../config.ts';
import { mayHaveTemplate } from '../models/folder.ts';

export interface OwnTemplate extends TemplateView {
  readonly folder: string;
}

interface Named {
  readonly title: string;
  /** As preflens.json names it. */
  readonly model: string;
}

function modelsOf(rule: ScorerRule): readonly Named[] {
  if (rule.kind !== 'onnx' && rule.kind !== 'probe') return [];
  const own = { title: rule.name ?? basename(resolve('/', rule.model)), model: rule.model };
  const reference = rule.kind === 'onnx' ? rule.reference : undefined;
  return reference === undefined
    ? [own]
    : [own, { title: basename(resolve('/', reference)), model: reference }];
}

/** Of a trusted folder only: what others put there is read. Throws if its preflens.json cannot be read. */
export async function ownTemplates(file: string): Promise<readonly OwnTemplate[]> {
  const { rules, folder: base } = configuredScorers(file);
  const byFolder = new Map<string, Named>();
  for (const named of rules.flatMap(modelsOf)) {
    const folder = resolve(base, named.model);
    if (!byFolder.has(folder)) byFolder.set(folder, named);
  }
  const models = [...byFolder].map(([folder, named]) => ({ folder, ...named }));
  const listed = await Promise.all(
    models.map(async (one) => ((await mayHaveTemplate(one.folder)) ? [one] : [])),
  );
  const found = listed.flat();
  return found.map(({ folder, title, model }) => ({
    id: `model:${folder}`,
    // Two folders may have one name.
    title: found.filter((one) => one.title === title).length > 1 ? `${title} (${model})` : title,
    folder,
  }));
}
