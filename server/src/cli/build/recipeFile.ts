// Reads a recipe and says what is wrong with it, and where.
import { dirname, resolve } from 'node:path';

import type { Recipe } from '#core/build/recipe.ts';
import { recipeFault } from '#core/build/recipe.ts';
import { RECIPE_SCHEMA } from '#core/build/recipeSchema.ts';
import { STEPS } from '#core/build/stepTable.ts';
import { closest } from '#core/config/closest.ts';
import { parseConfigText } from '#core/config/entry.ts';
import { messages } from '#core/messages.ts';
import type { Json } from '#core/model/json.ts';
import { isList, isObject } from '#core/model/json.ts';
import { errorMessage } from '#core/words/errorMessage.ts';
import { lazyValidator, MAX_CONFIG_BYTES, schemaFaultMessage } from '#node/config.ts';
import { readRegularTextSync } from '#node/regularFile.ts';
import { unreadable } from '#node/stored.ts';

const validator = lazyValidator<Recipe>(RECIPE_SCHEMA);

export interface ReadRecipe {
  readonly path: string;
  /** Paths of the recipe are relative to it. */
  readonly folder: string;
  readonly recipe: Recipe;
}

/** A step of an unknown name: the schema would only say that no alternative fits. */
function unknownStep(value: Json): string | undefined {
  const steps = isObject(value) ? value['steps'] : undefined;
  for (const [i, one] of (isList(steps) ? steps : []).entries()) {
    const name = isObject(one) ? one['step'] : undefined;
    if (typeof name !== 'string' || Object.hasOwn(STEPS, name)) continue;
    const meant = closest(name, Object.keys(STEPS));
    const known =
      meant === undefined ? `known steps: ${Object.keys(STEPS).join(', ')}` : `did you mean "${meant}"?`;
    return `steps.${i}.step: there is no step "${name}"; ${known}`;
  }
  return undefined;
}

export function readRecipe(path: string): ReadRecipe {
  let text: string;
  try {
    text = readRegularTextSync(path, MAX_CONFIG_BYTES);
  } catch (error) {
    throw unreadable(path, error);
  }
  let value: Json;
  try {
    value = parseConfigText(text) as Json;
  } catch (error) {
    throw messages.badRecipe(path, errorMessage(error));
  }
  const unknown = unknownStep(value);
  if (unknown !== undefined) throw messages.badRecipe(path, unknown);
  const validate = validator();
  if (!validate(value)) throw messages.badRecipe(path, schemaFaultMessage(validate.errors));
  const fault = recipeFault(value);
  if (fault !== undefined) throw messages.badRecipe(path, fault);
  return { path, folder: dirname(resolve(path)), recipe: value };
}
