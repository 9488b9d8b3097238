// The fields of a record that are drawn nowhere else, as a tree.
import type { JSX } from 'preact';

import { inGroups, plural } from '#core/words/numbers.ts';
import { t } from '#core/words/translate.ts';
import type { FieldView } from '#protocol/editor/views.ts';

import { Filled } from './filled.tsx';
import { Words } from './words.tsx';

/** Texts with more characters are folded. */
const MAX_OPEN = 300;

/** Names in the closed list. */
const MAX_NAMES = 8;

function Value({ field }: { readonly field: FieldView }): JSX.Element {
  const { text, kind, image, cut = 0, length } = field;
  if (image !== undefined) return <img src={image} alt={field.name} />;
  const words = <Words text={text} start={-1} marks={[]} />;
  const rest = cut > 0 && <span class="rest"> … {plural(cut, 'more character')}</span>;
  if (text.length <= MAX_OPEN)
    return (
      <span class={`value is-${kind}`}>
        {words}
        {rest}
      </span>
    );
  return (
    <details>
      <summary>
        <Filled
          text={t('{0}… ({1})')}
          values={[
            <Words text={text.slice(0, 120)} start={-1} marks={[]} />,
            plural(length ?? text.length, 'character'),
          ]}
        />
      </summary>
      <span class={`value is-${kind}`}>
        {words}
        {rest}
      </span>
    </details>
  );
}

function Branch({ field }: { readonly field: FieldView }): JSX.Element {
  const { children = [], hidden = 0, kind } = field;
  const count = children.length + hidden;
  const size = kind === 'list' ? plural(count, 'item') : plural(count, 'field');
  return (
    <details open={children.length <= 6 && children.every(({ children: inner }) => !inner)}>
      <summary>{size}</summary>
      <Table fields={children} />
      {hidden > 0 && <p class="rest">{t('{0} more not shown.', inGroups(hidden))}</p>}
    </details>
  );
}

function Table({ fields }: { readonly fields: readonly FieldView[] }): JSX.Element {
  return (
    <table class="fields">
      <tbody>
        {fields.map((field) => (
          <tr>
            <th scope="row">
              <Words text={field.name} start={-1} marks={[]} />
            </th>
            <td>{field.children ? <Branch field={field} /> : <Value field={field} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface FieldsProps {
  readonly fields: readonly FieldView[];
  readonly isOpen: boolean;
  readonly toggle: () => void;
}

export function Fields({ fields, isOpen, toggle }: FieldsProps): JSX.Element | null {
  if (fields.length === 0) return null;
  const names = fields.slice(0, MAX_NAMES).map(({ name }) => name);
  const more = fields.length > MAX_NAMES ? ', …' : '';
  return (
    <section class="others">
      <h3>
        <button type="button" class="fold" aria-expanded={isOpen} onClick={toggle}>
          {t('Other fields ({0})', inGroups(fields.length))}
        </button>
        {!isOpen && (
          <span class="names">
            {names.join(', ')}
            {more}
          </span>
        )}
      </h3>
      {isOpen && <Table fields={fields} />}
    </section>
  );
}
