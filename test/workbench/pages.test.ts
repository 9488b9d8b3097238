// What both pages owe everybody: no serious fault that axe finds, legible colours in the four themes, and every action without a mouse.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { until } from './actions.ts';
import { seriousFaults } from './axe.ts';
import { setTheme, THEMES } from './themes.ts';
import { leave, VIEW_SETTINGS, VIEWS, writeViewFiles } from './views.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

/** Between them, these views have everything that the pages draw. `npm run pictures` holds all views to the same. */
const NAMES = ['rows beside', 'compare wide'];
/** Of text, and of the borders that tell chips apart. */
const [MIN_TEXT, MIN_BORDER] = [4.5, 3];

const folder = mkdtempSync(join(tmpdir(), 'preflens-pages-'));
let window: Window;

beforeAll(async () => {
  writeViewFiles(folder);
  window = await openWindow(folder, VIEW_SETTINGS);
  await window.page.keyboard.press('Control+B');
});

afterAll(async () => {
  await window.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Contrast {
  readonly text: string;
  readonly ofText: number;
  readonly ofBorder: number;
}

/** The contrast of each chip with what lies under it, by the colours that the browser computed. */
async function contrasts(frame: Frame): Promise<Contrast[]> {
  return frame.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d')!;
    const layers = (element: Element | null): string[] =>
      element ? [...layers(element.parentElement), getComputedStyle(element).backgroundColor] : [];
    /** What colours give that are painted over each other. */
    const painted = (colours: readonly string[]): readonly number[] => {
      canvas.clearRect(0, 0, 1, 1);
      for (const colour of colours) {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
      }
      return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    // Relative luminance and contrast as WCAG 2.2 defines them.
    const luminance = (rgb: readonly number[]): number => {
      const [r = 0, g = 0, b = 0] = rgb.map((value) =>
        value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (a: readonly number[], b: readonly number[]): number => {
      const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
      return (high + 0.05) / (low + 0.05);
    };
    const chips = document.querySelectorAll(
      '.pill, .reasons li, .reasons .weight, .findings code, .switch, .unseen',
    );
    return [...chips]
      .filter((chip) => chip.checkVisibility() && !(chip as HTMLButtonElement).disabled)
      .map((chip) => {
        const { color, borderTopColor, borderTopWidth } = getComputedStyle(chip);
        const ground = layers(chip);
        const around = layers(chip.parentElement);
        const isBordered =
          chip.matches('.pill:not(.more):not(.verdict):not(.edited)') && borderTopWidth !== '0px';
        return {
          text: `${chip.className}: ${chip.textContent}`,
          ofText: contrast(painted([...ground, color]), painted(ground)),
          ofBorder: isBordered ? contrast(painted([...around, borderTopColor]), painted(around)) : 21,
        };
      });
  });
}

describe.each(NAMES)('%s', (name) => {
  let frame: Frame;

  beforeAll(async () => {
    await setTheme(window.page, THEMES[0]!);
    await leave(window.page);
    frame = await VIEWS.find((view) => view.name === name)!.open(window.page);
  });

  it.each(THEMES)('is accessible and legible in $name', async (theme) => {
    await setTheme(window.page, theme);
    expect(await seriousFaults(frame)).toEqual([]);
    const measured = await contrasts(frame);
    expect(measured.length).toBeGreaterThan(2);
    const faint = measured.filter(({ ofText, ofBorder }) => ofText < MIN_TEXT || ofBorder < MIN_BORDER);
    expect(faint).toEqual([]);
  });

  it('reaches every button with Tab alone', async () => {
    const wanted = await frame.evaluate(() => {
      const all = [
        ...document.querySelectorAll<HTMLElement>('button, input, summary, [tabindex="0"], [role=link]'),
      ];
      return all.filter(
        (one) =>
          one.checkVisibility({ visibilityProperty: true }) &&
          one.tabIndex >= 0 &&
          !(one as HTMLButtonElement).disabled,
      ).length;
    });
    await frame.evaluate(() => {
      Object.assign(globalThis, { reached: new Set<Element | null>() });
      document.querySelector<HTMLElement>('button')?.focus();
    });
    for (let i = 0; i < wanted; i++) {
      await frame.evaluate(() => {
        const { reached } = globalThis as unknown as { reached: Set<Element | null> };
        reached.add(document.activeElement);
      });
      await window.page.keyboard.press('Tab');
    }
    const count = await frame.evaluate(
      () => (globalThis as unknown as { reached: Set<Element | null> }).reached.size,
    );
    expect(count).toBe(wanted);
  });
});

it('leaves the keys of VS Code alone while the list of columns is open', async () => {
  await VIEWS.find(({ name }) => name === 'columns')!.open(window.page);
  await window.page.keyboard.press('F1');
  await window.page.locator('.quick-input-widget input').first().waitFor();
  await window.page.keyboard.press('Escape');
});

it('says what F and U did', async () => {
  const frame = await VIEWS.find(({ name }) => name === 'rows beside')!.open(window.page);
  const said = frame.locator('[aria-live=polite]').last();
  await frame.locator('.list').press('f');
  await until('the flip', async () => (await said.innerText()).includes('Flipped'));
  await frame.locator('.list').press('u');
  await until('the undo', async () => (await said.innerText()).includes('Undone'));
});
