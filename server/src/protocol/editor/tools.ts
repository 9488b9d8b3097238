/** A call of a tool of `core/assistant/tools.ts`. */
export interface ToolRequest {
  readonly name: string;
  /** As the tool's schema says; `file` is only for display. */
  readonly input: object;
  /** The file, which is open. Absent for tools without one. */
  readonly uri?: string;
}
