// Both conversations of a pair as a chat template writes them: one of ours, or that of a model of preflens.json.
import type { ComponentChildren, JSX } from 'preact';
import { useMemo } from 'preact/hooks';

import { t } from '#core/words/translate.ts';
import type { TemplateFault, TemplateView, TokenString, Written } from '#protocol/editor/templates.ts';
import type { PairView } from '#protocol/editor/views.ts';
import type { ViewOptions } from '#protocol/page/options.ts';

import type { ChatTemplate } from '../model/chatTemplates.ts';
import { conversationOf, inRoles, specialTokens } from '../model/chatTemplates.ts';
import { faultText, isSameFault } from '../model/templateFaults.ts';
import type { TokenStrings } from '../model/tokenStrings.ts';
import type { RecordEvent } from '../model/viewOptions.ts';
import type { Reading } from './answers.tsx';
import { Answer } from './answers.tsx';
import { useScrolling } from './scrollTogether.ts';

type Side = 'chosen' | 'rejected';

interface StringsProps {
  readonly view: PairView;
  readonly options: ViewOptions;
  readonly reading: Reading;
  readonly dispatch: (event: RecordEvent) => void;
}

const NO_MARKS: readonly never[] = [];

interface SideProps {
  readonly view: PairView;
  readonly side: Side;
  readonly string: TokenString;
  readonly reading: Reading;
}

function StringSide({ view, side, string, reading }: SideProps): JSX.Element {
  const { text, tokens } = string;
  const { reward } = view[side];
  const marks = useMemo(() => tokens.map((at) => ({ ...at, kind: 'special' as const })), [tokens]);
  const raw = useMemo(() => ({ ...reading, isRaw: true }), [reading]);
  const bare = { ...view, chosen: { text: '' }, rejected: { text: '' } };
  const pair = { ...bare, [side]: { text, ...(reward !== undefined && { reward }) } };
  return <Answer pair={pair} side={side} marks={marks} reading={raw} />;
}

interface BothProps extends StringsProps {
  readonly draw: (side: Side) => ComponentChildren;
}

function Both({ view, options, draw }: BothProps): JSX.Element {
  const { main, onScrollCapture } = useScrolling(options.scrollsTogether);
  const hasParts = [view.chosen, view.rejected, ...view.prompt].some(({ parts = [] }) => parts.length > 0);
  return (
    <>
      <main ref={main} onScrollCapture={onScrollCapture}>
        {draw('chosen')}
        {draw('rejected')}
      </main>
      {hasParts && <p class="unmarked">{t('Calls, thoughts and pictures are not in these strings.')}</p>}
    </>
  );
}

export function OurStrings(props: StringsProps & { readonly template: ChatTemplate }): JSX.Element {
  const { view, template, reading } = props;
  const { prompt, chosen, rejected } = view;
  const strings = useMemo(() => {
    const stringOf = (answer: PairView[Side]): TokenString => {
      const text = template.render(inRoles(conversationOf(prompt, answer)));
      return { text, tokens: specialTokens(template, text) };
    };
    return { chosen: stringOf(chosen), rejected: stringOf(rejected) };
  }, [prompt, chosen, rejected, template]);
  return (
    <Both
      {...props}
      draw={(side) => <StringSide view={view} side={side} string={strings[side]} reading={reading} />}
    />
  );
}

interface FaultProps {
  readonly template: TemplateView;
  readonly fault: TemplateFault;
  readonly dispatch: (event: RecordEvent) => void;
}

function Fault({ template, fault, dispatch }: FaultProps): JSX.Element {
  const { what, detail, next } = faultText(template, fault);
  return (
    <div class="template-fault" role="alert">
      <p class="what">{what}</p>
      {detail !== '' && <pre>{detail}</pre>}
      <p>{next}</p>
      <button
        type="button"
        class="more"
        onClick={() => {
          dispatch({ kind: 'stringsRetried' });
        }}
      >
        {t('Try Again')}
      </button>
    </div>
  );
}

type OwnProps = StringsProps & {
  readonly template: TemplateView;
  readonly strings: TokenStrings | undefined;
};

function OwnSide({
  view,
  side,
  written,
  reading,
  template,
  dispatch,
}: Omit<OwnProps, 'strings'> & { readonly side: Side; readonly written: Written | undefined }): JSX.Element {
  if (written?.ok) return <StringSide view={view} side={side} string={written.value} reading={reading} />;
  const instead = written ? (
    <Fault template={template} fault={written.fault} dispatch={dispatch} />
  ) : (
    <p class="awaited">{t('Waiting for the chat template of {0}…', template.title)}</p>
  );
  return <Answer pair={view} side={side} marks={NO_MARKS} reading={reading} instead={instead} />;
}

export function OwnStrings(props: OwnProps): JSX.Element {
  const { template, strings, dispatch } = props;
  const [chosen, rejected] = strings?.written ?? [];
  if (chosen?.ok === false && rejected?.ok === false && isSameFault(chosen.fault, rejected.fault))
    return (
      <main>
        <article class="faulty">
          <Fault template={template} fault={chosen.fault} dispatch={dispatch} />
        </article>
      </main>
    );
  return (
    <Both
      {...props}
      draw={(side) => <OwnSide {...props} side={side} written={side === 'chosen' ? chosen : rejected} />}
    />
  );
}
