/** What `preflens mcp` passes to the server of assistants, which is a bundle of its own. */
export interface McpOptions {
  /** The folder whose files may be read. */
  readonly folder: string;
  /** Tools that change files are offered. */
  readonly write: boolean;
  /** Models, chat templates and servers that preflens.json names are used. */
  readonly trust: boolean;
  /** Texts may be sent to the servers in preflens.json. */
  readonly send: boolean;
  /** The commands in preflens.json may run. */
  readonly run: boolean;
  /** Undefined: neither read nor write the cache. */
  readonly cacheFolder: string | undefined;
  readonly memoryMb: number;
  /** Memory for models, in MB. Undefined: half of the machine. */
  readonly modelMemoryMb: number | undefined;
}
