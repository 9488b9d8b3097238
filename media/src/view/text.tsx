// A text of a record: rendered Markdown, or its characters as they are. Long ones are drawn part by part, on request.
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';

import { plural } from '#core/words/numbers.ts';
import { t } from '#core/words/translate.ts';

import type { Chunk } from '../model/richText.ts';
import { chunksOf } from '../model/richText.ts';
import type { Mark } from '../model/textMarks.ts';
import { memo } from './memo.ts';
import { useRenderer } from './renderers.ts';
import { Nodes } from './rich.tsx';
import { Words } from './words.tsx';

/** UTF-16 units that are read and drawn at once. The slowest Markdown that we know takes 40 ms for this much. */
const RICH_SIZE = 12_000;
const RAW_SIZE = 40_000;

/** Elements of a chunk. Tables with more cells would take longer to draw than a frame. */
const MAX_ELEMENTS = 4000;

export interface TextProps {
  readonly text: string;
  /** Where the text begins in the one that the marks are about. */
  readonly start?: number;
  /** In order. */
  readonly marks?: readonly Mark[];
  readonly isRaw: boolean;
  readonly openLink: (address: string) => void;
}

const NO_MARKS: readonly Mark[] = [];

interface PartProps extends Required<TextProps> {
  readonly chunk: Chunk;
}

function Raw({
  text,
  start,
  marks,
}: {
  readonly text: string;
  readonly start: number;
  readonly marks: readonly Mark[];
}): JSX.Element {
  return (
    <div class="raw">
      <Words text={text} start={start} marks={marks} withSpaces />
    </div>
  );
}

function Part({ text, chunk, start, marks, isRaw, openLink }: PartProps): JSX.Element {
  const loaded = useRenderer('markdown', !isRaw);
  const renderer = loaded === 'failed' ? undefined : loaded;
  const own = text.slice(chunk.start, chunk.end);
  const at = start + chunk.start;
  const tree = useMemo(
    () => renderer?.readMarkdown(chunk.before + own, at - chunk.before.length),
    [renderer, chunk.before, own, at],
  );
  const context = useMemo(() => ({ marks, openLink }), [marks, openLink]);
  if (isRaw) return <Raw text={own} start={at} marks={marks} />;
  const why =
    loaded === 'failed'
      ? t('Shown as it is written: the reader of Markdown could not be loaded.')
      : tree && tree.count > MAX_ELEMENTS && t('Shown as it is written: the Markdown has too many elements.');
  if (why)
    return (
      <>
        <p class="why">{why}</p>
        <Raw text={own} start={at} marks={marks} />
      </>
    );
  // Until the library is there, which is for a moment at the start.
  if (!tree)
    return (
      <div class="plain">
        <Words text={own} start={at} marks={marks} />
      </div>
    );
  return (
    <div class="rich">
      <Nodes nodes={tree.nodes} context={context} />
    </div>
  );
}

const DrawnPart = memo(Part);

/** The words that a button shows for what is not drawn yet. */
function restText(units: number): string {
  return t('Show more ({0} left)', plural(units, 'character'));
}

export function Text({ text, start = 0, marks = NO_MARKS, isRaw, openLink }: TextProps): JSX.Element {
  const chunks = useMemo(() => chunksOf(text, isRaw ? RAW_SIZE : RICH_SIZE), [text, isRaw]);
  const [count, setCount] = useState(1);
  const shown = chunks.slice(0, count);
  const end = shown.at(-1)?.end ?? 0;
  return (
    <>
      {shown.map((chunk) => (
        <DrawnPart
          key={chunk.start}
          text={text}
          chunk={chunk}
          start={start}
          marks={marks}
          isRaw={isRaw}
          openLink={openLink}
        />
      ))}
      {end < text.length && (
        <button
          type="button"
          class="more"
          onClick={() => {
            setCount(count + 1);
          }}
        >
          {restText(text.length - end)}
        </button>
      )}
    </>
  );
}
