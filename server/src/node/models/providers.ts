// What can compute on this machine, each tried in a process of its own: a driver may take its process with it.
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';

import type { OnnxRule, Provider } from '#core/reward/scorerRule.ts';
import { errorMessage } from '#core/words/errorMessage.ts';

import type { StartScorer } from '../scoring/process.ts';
import { whileAlive } from '../scoring/supervisor.ts';

export interface CheckedProvider {
  readonly provider: Provider;
  readonly works: boolean;
  /** What a model runs on when nobody names a provider. */
  readonly isChosen: boolean;
  /** How long the first session took, or why there is none. */
  readonly words: string;
  /** What it would need, where something can be done. */
  readonly advice?: string;
}

const CHECK_MS = 60_000;

/** Undefined if no runtime is installed. */
function runtimeFolder(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
    return join(dirname(entry), 'bin', 'napi-v6', platform(), arch());
  } catch {
    return undefined;
  }
}

function adviceFor(provider: Provider): string | undefined {
  const folder = runtimeFolder();
  if (folder === undefined) return undefined;
  if (provider === 'cuda' && platform() === 'linux') {
    return (
      `CUDA needs libonnxruntime_providers_shared.so and libonnxruntime_providers_cuda.so of the same version beside ${join(folder, 'libonnxruntime.so.1')}, ` +
      'and CUDA 12 with cuDNN 9 where the loader finds them.'
    );
  }
  if (provider === 'webgpu' && platform() === 'linux')
    return 'WebGPU needs a Vulkan driver and libvulkan.so.1.';
  return undefined;
}

/** Providers in the order in which they are tried on this platform. */
const AUTO: Partial<Record<NodeJS.Platform, readonly Provider[]>> = {
  linux: ['cuda', 'webgpu', 'cpu'],
  win32: ['dml', 'webgpu', 'cpu'],
  darwin: ['webgpu', 'cpu'],
};

/** Those that are used when they are named alone: CoreML is slow for texts of free length. */
const NAMED: Partial<Record<NodeJS.Platform, readonly Provider[]>> = { darwin: ['coreml'] };

export function providersFor(wanted: OnnxRule['provider']): readonly Provider[] {
  if (wanted === undefined || wanted === 'auto') return AUTO[platform()] ?? ['cpu'];
  return wanted === 'cpu' ? ['cpu'] : [wanted, 'cpu'];
}

export async function checkProviders(start: StartScorer): Promise<readonly CheckedProvider[]> {
  const checked: CheckedProvider[] = [];
  const auto = providersFor('auto');
  for (const provider of [...auto, ...(NAMED[platform()] ?? [])]) {
    const scorer = await start();
    const timer = setTimeout(() => {
      scorer.kill();
    }, CHECK_MS);
    try {
      const { ms } = await whileAlive(scorer, scorer.requests.call('checkProvider', { provider }));
      const isChosen = auto.includes(provider) && !checked.some((one) => one.isChosen);
      checked.push({
        provider,
        works: true,
        isChosen,
        words: `works, first session after ${Math.round(ms)} ms`,
      });
    } catch (error) {
      const reason = errorMessage(error);
      const advice = adviceFor(provider);
      checked.push({
        provider,
        works: false,
        isChosen: false,
        words: reason,
        ...(advice !== undefined && { advice }),
      });
    } finally {
      clearTimeout(timer);
      scorer.kill();
    }
  }
  return checked;
}
