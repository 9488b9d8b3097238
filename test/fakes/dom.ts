// The part of the DOM that the view library uses: elements, texts and attributes.
class FakeNode {
  readonly nodeType: number;
  readonly localName: string;
  readonly ownerDocument = fakeDocument;
  readonly childNodes: FakeNode[] = [];
  readonly attributes = new Map<string, string>();
  readonly style = { setProperty: () => undefined };
  parentNode: FakeNode | null = null;
  data: string;

  constructor(nodeType: number, localName: string, data = '') {
    this.nodeType = nodeType;
    this.localName = localName;
    this.data = data;
  }

  get firstChild(): FakeNode | null {
    return this.childNodes[0] ?? null;
  }

  get nextSibling(): FakeNode | null {
    const siblings = this.parentNode?.childNodes ?? [];
    return siblings[siblings.indexOf(this) + 1] ?? null;
  }

  get textContent(): string {
    return this.data + this.childNodes.map((child) => child.textContent).join('');
  }

  insertBefore(node: FakeNode, before: FakeNode | null): FakeNode {
    node.remove();
    const at = before ? this.childNodes.indexOf(before) : this.childNodes.length;
    this.childNodes.splice(at, 0, node);
    node.parentNode = this;
    return node;
  }

  remove(): void {
    const siblings = this.parentNode?.childNodes ?? [];
    if (siblings.includes(this)) siblings.splice(siblings.indexOf(this), 1);
    this.parentNode = null;
  }

  appendChild(node: FakeNode): FakeNode {
    return this.insertBefore(node, null);
  }

  removeChild(node: FakeNode): FakeNode {
    node.remove();
    return node;
  }

  setAttribute(name: string, value: unknown): void {
    this.attributes.set(name, String(value));
  }

  removeAttribute(name: string): void {
    this.attributes.delete(name);
  }

  addEventListener(): void {
    // There are no events.
  }

  /** The elements inside with this class. */
  all(name: string): FakeNode[] {
    return this.childNodes.flatMap((child) => [
      ...((child.attributes.get('class') ?? '').split(' ').includes(name) ? [child] : []),
      ...child.all(name),
    ]);
  }
}

const fakeDocument = {
  createElementNS: (_namespace: string, name: string) => new FakeNode(1, name),
  createTextNode: (data: string) => new FakeNode(3, '', data),
};

export type { FakeNode };

export function fakeElement(): FakeNode {
  return new FakeNode(1, 'div');
}
