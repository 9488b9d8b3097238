// Checks the input of an assistant's tool against the tool's schema.
import type { ToolInput, ToolName } from '#core/assistant/tools.ts';
import { TOOL_NAMES, toolOf } from '#core/assistant/tools.ts';
import { messages } from '#core/messages.ts';

import { lazyValidator, schemaFaultMessage } from './config.ts';

const validators = new Map(TOOL_NAMES.map((name) => [name, lazyValidator<object>(toolOf(name).input)]));

/** The input with its type. Throws a user error that names the first fault. */
export function checkedInput<Name extends ToolName>(name: Name, input: unknown): ToolInput<Name> {
  const validate = validators.get(name)?.();
  if (validate && !validate(input))
    throw messages.badInput(name, schemaFaultMessage(validate.errors, 'the input'));
  return input as ToolInput<Name>;
}
