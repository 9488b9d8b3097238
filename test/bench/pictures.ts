// npm run pictures [-- VIEW]: pictures of every view in the four themes, at three widths, and what axe says of each. They are in
// test/artefacts/views, with a page that shows them all.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { seriousFaults } from '../workbench/axe.ts';
import { setTheme, THEMES } from '../workbench/themes.ts';
import { leave, VIEW_SETTINGS, VIEWS, WIDTHS, writeViewFiles } from '../workbench/views.ts';
import { openWindow } from '../workbench/window.ts';

const only = process.argv[2] ?? '';
const ARTEFACTS = join(import.meta.dirname, '..', 'artefacts', 'views');
const WHOLE = { width: 1440, height: 900 };

const fileOf = (view: string, theme: string, width: number): string =>
  `${view.replaceAll(' ', '-')}-${theme}-${width}.png`;

/** All pictures on one page, a row for each view and theme. */
function writeIndex(): void {
  const rows = VIEWS.flatMap(({ name }) => [
    `<h2>${name}</h2>`,
    ...THEMES.map(({ name: theme }) =>
      WIDTHS.map((width) => `<img src="${fileOf(name, theme, width)}" width="${width / 2}">`).join(' '),
    ),
  ]);
  writeFileSync(join(ARTEFACTS, 'index.html'), rows.join('<br>\n'));
}

const folder = mkdtempSync(join(tmpdir(), 'preflens-pictures-'));
writeViewFiles(folder);
mkdirSync(ARTEFACTS, { recursive: true });
writeIndex();
let faultCount = 0;
const window = await openWindow(folder, VIEW_SETTINGS);
try {
  const { page } = window;
  await page.keyboard.press('Control+B');
  for (const { name, open } of VIEWS.filter((view) => view.name.includes(only))) {
    await setTheme(page, THEMES[0]!);
    try {
      const frame = await open(page);
      await page.waitForTimeout(800);
      for (const theme of THEMES) {
        await page.setViewportSize(WHOLE);
        await setTheme(page, theme);
        const faults = frame === page.mainFrame() ? [] : await seriousFaults(frame);
        for (const fault of faults) console.log(`${name}, ${theme.name}: ${fault}`);
        faultCount += faults.length;
        for (const width of WIDTHS) {
          await page.setViewportSize({ ...WHOLE, width });
          await page.waitForTimeout(400);
          await page.screenshot({ path: join(ARTEFACTS, fileOf(name, theme.name, width)) });
        }
      }
    } catch (error) {
      faultCount++;
      console.log(`${name}: ${String(error)}`);
      await page.screenshot({ path: join(ARTEFACTS, `${name.replaceAll(' ', '-')}-failed.png`) });
      // What is still open would fail the next views too.
      await page.keyboard.press('Escape');
    }
    await page.setViewportSize(WHOLE);
    await leave(page);
  }
} finally {
  await window.close();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${faultCount} serious faults.`);
process.exitCode = faultCount > 0 ? 1 : 0;
