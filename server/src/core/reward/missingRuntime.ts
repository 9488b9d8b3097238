/** What the build knows about ONNX Runtime, and where it is missing. */
export interface MissingRuntime {
  readonly version: string;
  /** Those that it exists for, such as linux-x64. */
  readonly platforms: readonly string[];
  readonly platform: string;
  /** Or else the command line as npm installs it. */
  readonly isExtension: boolean;
}

/** Why a model cannot run, and what to do. No full stop: it ends a sentence. */
export function missingRuntimeWords({ version, platforms, platform, isExtension }: MissingRuntime): string {
  if (!platforms.includes(platform)) {
    return (
      `it needs ONNX Runtime, which does not exist for ${platform}. ` +
      'A model server can score instead: a scorer with "kind": "endpoint"'
    );
  }
  return isExtension
    ? `it needs ONNX Runtime, which this build of PrefLens does not contain. Install the build for ${platform}`
    : 'it needs ONNX Runtime, which is not installed. This installs it beside PrefLens: ' +
        `npm install --ignore-scripts onnxruntime-node@${version}`;
}
