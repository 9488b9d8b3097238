// The tree of a Markdown text as elements. Every element is one of ours; a text can only fill it with words.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { t } from '#core/words/translate.ts';

import { isOwnPicture, isSafeAddress } from '../model/address.ts';
import type { CodeToken, RichCode, RichMath, RichNode } from '../model/richText.ts';
import type { Mark } from '../model/textMarks.ts';
import { marksIn } from '../model/textMarks.ts';
import type { MathFault } from '../rich/math.ts';
import { useRenderer } from './renderers.ts';
import { soon } from './slices.ts';
import { classOf, Words } from './words.tsx';

/** Longer blocks of code stay without colours: they would take longer than a frame. */
const MAX_COLOURED = 8000;

export interface RichContext {
  /** In order. */
  readonly marks: readonly Mark[];
  readonly openLink: (address: string) => void;
}

/** A token of code, line by line: each line has a place of its own in the source. */
function CodeWords({
  token,
  at,
  code,
  marks,
}: {
  readonly token: CodeToken;
  readonly at: number;
  readonly code: RichCode;
  readonly marks: readonly Mark[];
}): JSX.Element {
  const end = at + token.text.length;
  const words = code.lines.flatMap((line, i) => {
    const next = code.lines[i + 1]?.at ?? code.text.length;
    const [from, to] = [Math.max(at, line.at), Math.min(end, next)];
    if (from >= to) return [];
    const start = line.start < 0 ? -1 : line.start + from - line.at;
    return [<Words text={code.text.slice(from, to)} start={start} marks={marks} />];
  });
  return token.scope === '' ? (
    <>{words}</>
  ) : (
    <span class={`token ${token.scope.replace(/[^\w.]/g, '').replaceAll('.', ' ')}`}>{words}</span>
  );
}

function Code({ code, marks }: { readonly code: RichCode; readonly marks: readonly Mark[] }): JSX.Element {
  const { language, text } = code;
  const isLong = text.length > MAX_COLOURED;
  const loaded = useRenderer('code', language !== '' && !isLong);
  const renderer = loaded === 'failed' ? undefined : loaded;
  const [tokens, setTokens] = useState<{ readonly of: string; readonly list: readonly CodeToken[] }>();
  useEffect(
    () =>
      renderer &&
      soon(() => {
        const list = renderer.colourCode(text, language);
        if (list) setTokens({ of: text, list });
      }),
    [renderer, text, language],
  );
  const plain = [{ text, scope: '' }];
  let at = 0;
  return (
    <div class="code">
      {language !== '' && (
        <div class="language">
          {language}
          {isLong && t(' · no colours: the block is too long')}
          {loaded === 'failed' && t(' · no colours: their library could not be loaded')}
        </div>
      )}
      <pre tabindex={0} aria-label={language === '' ? t('Code') : t('Code, {0}', language)}>
        {(tokens?.of === text ? tokens.list : plain).map((token) => {
          const own = <CodeWords token={token} at={at} code={code} marks={marks} />;
          at += token.text.length;
          return own;
        })}
      </pre>
    </div>
  );
}

function faultText(fault: MathFault): string {
  switch (fault) {
    case 'too-long':
      return t('The formula is too long to be drawn.');
    case 'macros':
      return t('The formula defines macros, so it is not drawn.');
    case 'too-deep':
      return t('The formula is too deeply nested to be drawn.');
    default:
      return t("The formula can't be drawn: {0}", fault.says);
  }
}

function Formula({
  formula,
  marks,
}: {
  readonly formula: RichMath;
  readonly marks: readonly Mark[];
}): JSX.Element {
  const { text, isBlock, start, end } = formula;
  const box = useRef<HTMLSpanElement>(null);
  const loaded = useRenderer('math', true);
  const renderer = loaded === 'failed' ? undefined : loaded;
  const [fault, setFault] = useState<MathFault>();
  const problem =
    loaded === 'failed'
      ? t('The library that draws formulas could not be loaded.')
      : fault && faultText(fault);
  useEffect(
    () =>
      renderer &&
      soon(() => {
        if (box.current) setFault(renderer.drawMath(text, box.current, isBlock));
      }),
    [renderer, text, isBlock],
  );
  const kinds = start < 0 ? '' : classOf(marksIn(marks, start, end));
  const name = ['formula', ...(isBlock ? ['block'] : []), ...(kinds === '' ? [] : [kinds])].join(' ');
  // KaTeX fills the inner element, so the view library never looks into it.
  return (
    <span
      class={problem === undefined ? name : `${name} written`}
      title={problem ?? text}
      role="math"
      aria-label={text}
    >
      <span ref={box} key={text}>
        {text}
      </span>
    </span>
  );
}

function Link({
  address,
  children,
  openLink,
}: {
  readonly address: string;
  readonly children: JSX.Element | readonly JSX.Element[];
  readonly openLink: (address: string) => void;
}): JSX.Element {
  const open = (): void => {
    openLink(address);
  };
  return (
    <span
      class="link"
      role="link"
      tabindex={0}
      title={address}
      onClick={open}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key === 'Enter') open();
      }}
    >
      {children}
    </span>
  );
}

/** A picture of a dataset is drawn only if its bytes are in the text; one elsewhere is named. */
function Picture({
  label,
  address,
  openLink,
}: {
  readonly label: string;
  readonly address: string;
  readonly openLink: (address: string) => void;
}): JSX.Element {
  if (isOwnPicture(address)) return <img src={address} alt={label} />;
  const words = (
    <Words text={t('Picture not loaded: {0}', label === '' ? address : label)} start={-1} marks={[]} />
  );
  return isSafeAddress(address) ? (
    <Link address={address} openLink={openLink}>
      {words}
    </Link>
  ) : (
    words
  );
}

function Node({ node, context }: { readonly node: RichNode; readonly context: RichContext }): JSX.Element {
  const { marks, openLink } = context;
  switch (node.kind) {
    case 'text': {
      const { text, start, length } = node;
      const isRespelt = length !== undefined && length !== text.length;
      // Its marks are those of its spelling in the source.
      const own = isRespelt
        ? marksIn(marks, start, start + length).map((mark) => ({ ...mark, start, end: start + text.length }))
        : marks;
      return <Words text={text} start={start} marks={own} />;
    }
    case 'code':
      return <Code code={node} marks={marks} />;
    case 'math':
      return <Formula formula={node} marks={marks} />;
    case 'link':
      return (
        <Link address={node.address} openLink={openLink}>
          <Nodes nodes={node.children} context={context} />
        </Link>
      );
    case 'picture':
      return <Picture label={node.label} address={node.address} openLink={openLink} />;
    case 'element': {
      const { tag: Element, children, align, first } = node;
      const inside = <Nodes nodes={children} context={context} />;
      if (Element === 'br' || Element === 'hr') return <Element />;
      if (Element === 'ol') return <ol {...(first !== undefined && { start: first })}>{inside}</ol>;
      if (Element === 'table')
        return (
          <div class="wide" tabindex={0} role="group" aria-label={t('Table')}>
            <table>{inside}</table>
          </div>
        );
      return <Element {...(align && { class: align })}>{inside}</Element>;
    }
  }
}

export function Nodes({
  nodes,
  context,
}: {
  readonly nodes: readonly RichNode[];
  readonly context: RichContext;
}): JSX.Element {
  return (
    <>
      {nodes.map((node) => (
        <Node node={node} context={context} />
      ))}
    </>
  );
}
