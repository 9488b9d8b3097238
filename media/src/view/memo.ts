import type { ComponentChildren, ComponentClass } from 'preact';
import { Component } from 'preact';

/** A component that is drawn again only if one of its props is another value. */
export function memo<Props extends object>(
  draw: (this: Component<Props>, props: Props) => ComponentChildren,
): ComponentClass<Props> {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      const before = this.props as Props;
      return (Object.keys(next) as (keyof Props)[]).some((name) => next[name] !== before[name]);
    }

    override render(): ComponentChildren {
      return draw.call(this, this.props);
    }
  };
}

/** A component that is drawn again only if one of the values that `seen` names is another one. */
export function memoBy<Props extends object>(
  seen: (props: Props) => readonly unknown[],
  draw: (props: Props) => ComponentChildren,
): ComponentClass<Props> {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      const before = seen(this.props);
      return seen(next).some((value, i) => value !== before[i]);
    }

    override render(): ComponentChildren {
      return draw(this.props);
    }
  };
}
