// The heavy libraries, each a file of its own that is loaded when a text first needs it.
import { useEffect, useState } from 'preact/hooks';

/** Adds a style sheet that lies beside the scripts. */
function addStyle(name: string): void {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = new URL(`./${name}`, import.meta.url).href;
  document.head.append(link);
}

const LOADERS = {
  markdown: async () => import('../rich/markdown.ts'),
  code: async () => import('../rich/code.ts'),
  math: async () => {
    addStyle('formulas.css');
    return import('../rich/math.ts');
  },
} as const;

export type RendererName = keyof typeof LOADERS;
type Renderers = { readonly [Name in RendererName]: Awaited<ReturnType<(typeof LOADERS)[Name]>> };

const loaded: Partial<Renderers> = {};
const loading = new Map<RendererName, Promise<void>>();
const failed = new Set<RendererName>();

async function load<Name extends RendererName>(name: Name): Promise<void> {
  const known = loading.get(name);
  if (known) return known;
  const started = LOADERS[name]().then(
    (module) => {
      Object.assign(loaded, { [name]: module });
    },
    () => {
      failed.add(name);
    },
  );
  loading.set(name, started);
  return started;
}

/** A library, once it is loaded; undefined before that, or if it is not wanted; `failed` if it can't be loaded. */
export function useRenderer<Name extends RendererName>(
  name: Name,
  isWanted: boolean,
): Renderers[Name] | 'failed' | undefined {
  const [, redraw] = useState(0);
  const own = failed.has(name) ? 'failed' : loaded[name];
  useEffect(() => {
    if (!isWanted || own) return undefined;
    let isHere = true;
    void load(name).then(() => {
      if (isHere) redraw((count) => count + 1);
    });
    return () => {
      isHere = false;
    };
  }, [name, isWanted, own]);
  return isWanted ? own : undefined;
}
