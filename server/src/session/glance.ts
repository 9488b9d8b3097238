// A glance at a file that is not open: how its start would be read, or why it gives no pairs.
import { suggest } from '#core/config/suggest.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import { recogniseAs } from '#core/mapping/recognise.ts';
import { messages, UserError } from '#core/messages.ts';
import { openFile } from '#node/files.ts';
import { firstObjects } from '#node/inspect.ts';
import { sampleOf } from '#node/surveyFile.ts';
import type { Glance } from '#protocol/editor/glance.ts';

/** @param mapping the one that preflens.json names, if it names one */
export async function glanceAt(path: string, mapping: Mapping | undefined): Promise<Glance> {
  try {
    const file = await openFile(path);
    const sample = file.container.kind === 'csv' ? await sampleOf(file) : await firstObjects(file);
    const recognition = recogniseAs(mapping, sample);
    if (recognition) return { schema: recognition.mapping.title };
    const suggestion = suggest(sample);
    const { kind, nearest, readings, fields } = suggestion;
    // Settings, tables of figures and the like resemble nothing.
    if (kind === undefined && nearest.length === 0 && readings.length === 0) return {};
    const names = fields.map(({ name }) => name);
    return { why: messages.unrecognisedShort(names, suggestion).message };
  } catch (error) {
    // The editor has nothing to show either, or the file is not JSON at all.
    if (error instanceof UserError) return {};
    throw error;
  }
}
