import type { RecordCheck } from '../check.ts';
import { messageLists } from './messages.ts';

/**
 * Unambiguous misspellings. Short forms such as "sys" are not included: the dataset's own template may use them.
 */
const MEANT: Readonly<Record<string, string>> = {
  asistant: 'assistant',
  assistent: 'assistant',
  assitant: 'assistant',
  assisstant: 'assistant',
};

export const unknownRole: RecordCheck = {
  id: 'unknown-role',
  severity: 'warning',
  title: 'No trainer knows this role',
  why: 'A chat template prints an unknown role unchanged, raises an error, or skips the message. The model then trains on something other than the file’s content.',
  example:
    '{"prompt": [{"role": "user", "content": "Hi"}], "chosen": [{"role": "asistant", "content": "Hello!"}], "rejected": [{"role": "assistant", "content": "What?"}]}',
  remedy: 'Use user, assistant, system or tool.',
  repairs: [
    {
      edit: 'replace',
      grade: 'safe',
      title: 'Correct the role',
      because: 'Only misspellings of "assistant" are corrected, and they can mean nothing else.',
    },
  ],
  options: {
    roles: {
      default: [],
      schema: {
        type: 'array',
        items: { type: 'string' },
        description: 'Additional valid roles.',
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
        const message = `Unknown role "${role.slice(0, 40)}"${meant === undefined ? '.' : `; did you mean "${meant}"?`}`;
        return [{ place, message, ...(meant !== undefined && { replace: [{ place, text: meant }] }) }];
      }),
    );
  },
};
