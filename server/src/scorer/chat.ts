// Writes conversations with the chat template of a model: the one text that scores and token strings stand on.
import { Template } from '@huggingface/jinja';

import type { ChatForm } from '#core/reward/chatForm.ts';
import { chatRole } from '#core/reward/encode.ts';
import type { Conversation } from '#protocol/editor/templates.ts';

/** Throws what the template throws. It may also never return, or use all memory. */
export type WriteChat = (conversation: Conversation) => string;

/** Throws if the template cannot be read. */
export function chatWriter({ template: source, tokens }: ChatForm): WriteChat {
  const template = new Template(source);
  return (conversation) => {
    const messages = conversation.map(({ role, text }) => ({ role: chatRole(role), content: text }));
    return template.render({ messages, add_generation_prompt: false, ...tokens });
  };
}
