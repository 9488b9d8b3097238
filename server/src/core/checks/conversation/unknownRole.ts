import type { RecordCheck } from '../check.ts';
import { messageLists } from './messages.ts';

/** Misspellings that mean nothing else. A short form such as "sys" may be the word of the dataset's own template. */
const MEANT: Readonly<Record<string, string>> = {
  asistant: 'assistant',
  assistent: 'assistant',
  assitant: 'assistant',
  assisstant: 'assistant',
};

export const unknownRole: RecordCheck = {
  id: 'unknown-role',
  severity: 'warning',
  title: 'A role is a word that no trainer knows',
  why: 'A chat template prints an unknown role as it stands, raises an error, or skips the message; the model then trains on something else than what stands in the file.',
  example:
    '{"prompt": [{"role": "user", "content": "Hi"}], "chosen": [{"role": "asistant", "content": "Hello!"}], "rejected": [{"role": "assistant", "content": "What?"}]}',
  remedy: 'Write the role as user, assistant, system or tool.',
  repairs: [
    {
      edit: 'replace',
      grade: 'safe',
      title: 'Correct the role',
      because: 'Only misspellings of "assistant" are corrected, which mean nothing else.',
    },
  ],
  options: {
    roles: {
      default: [],
      schema: {
        type: 'array',
        items: { type: 'string' },
        description: 'More role words that are right here.',
      },
    },
  },
  checkRecord: (_reading, { record, mapping, options }) => {
    const known = new Set(options['roles'] as readonly string[]);
    const seen = new Set<string>();
    return messageLists(record, mapping).flatMap(({ messages }) =>
      messages.flatMap(({ role, speaker, path }) => {
        if (speaker !== undefined || known.has(role) || seen.has(role)) return [];
        seen.add(role);
        const place = { path, part: 'value' } as const;
        const meant = MEANT[role.trim().toLowerCase()];
        const message = `"${role.slice(0, 40)}" is no role that trainers know${meant === undefined ? '' : `; "${meant}" is`}.`;
        return [{ place, message, ...(meant !== undefined && { replace: [{ place, text: meant }] }) }];
      }),
    );
  },
};
