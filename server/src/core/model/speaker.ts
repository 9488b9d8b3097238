/** The meaning of a role. */
export type Speaker = 'system' | 'user' | 'assistant' | 'tool';

const SPEAKERS: Readonly<Record<Speaker, readonly string[]>> = {
  system: ['system', 'developer', 'system_prompt', 'system_message'],
  user: ['user', 'human', 'prompter', 'question', 'instruction'],
  assistant: [
    'assistant',
    'gpt',
    'model',
    'bot',
    'chatgpt',
    'chatbot',
    'bard',
    'bing',
    'ai',
    'answer',
    'claude',
    'gemini',
    'llama',
    'copilot',
  ],
  tool: [
    'tool',
    'function',
    'ipython',
    'observation',
    'environment',
    'function_call',
    'tool_call',
    'function_response',
    'tool_response',
    'tool_responses',
    'tool_result',
    'tool_results',
    'tool_output',
    'function_result',
    'function_output',
    'code_interpreter',
  ],
};

const BY_WORD: ReadonlyMap<string, Speaker> = new Map(
  Object.entries(SPEAKERS).flatMap(([speaker, words]) =>
    words.map((word) => [word, speaker as Speaker] as const),
  ),
);

/** Compares speakers: the meaning of a known role, or the role itself. */
export function speakerWord(role: string): string {
  return speakerOf(role) ?? role.trim().toLowerCase();
}

/** Undefined for a role that no trainer is known to understand. */
export function speakerOf(role: string): Speaker | undefined {
  return BY_WORD.get(role.trim().toLowerCase());
}
