import type { OnnxRule } from '#core/reward/scorerRule.ts';
import { checkProviders } from '#node/models/providers.ts';
import { describeModel } from '#node/scorers/onnx.ts';

import type { Command } from './command.ts';

/** Prints the available providers, which one is chosen, and what the others need. */
export async function providers(command: Command, json: boolean): Promise<void> {
  const checked = await checkProviders(command.machine.start);
  if (json) {
    await command.json(checked);
    return;
  }
  for (const { provider, works, isChosen, words, advice } of checked) {
    const mark = isChosen ? ' (chosen)' : '';
    command.print(`${provider.padEnd(8)} ${works ? words : `not here: ${words}`}${mark}`);
    if (advice !== undefined) command.print(`${' '.repeat(9)}${advice}`);
  }
}

/** Prints the content of a model folder, how it would be used, and whether it works. */
export async function model(
  command: Command,
  folder: string,
  rule: Omit<OnnxRule, 'kind' | 'model'>,
): Promise<void> {
  const { lines, warnings } = await describeModel(
    { kind: 'onnx', model: folder, ...rule },
    '.',
    command.machine,
    command.signal,
  );
  for (const line of lines) command.print(line);
  for (const warning of warnings) command.note(warning);
}
