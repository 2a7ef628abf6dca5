import { expect } from 'vitest';
import { click, pause, until } from './harness.ts';
import { browserTest, setStage } from './stage.ts';


const stage = setStage({ settings: { deniedDomains: ['localhost'] } });

browserTest('pages that break everything are recorded, and what cannot be is told', async () => {
  const page = await stage.lab.context.newPage();
  page.on('dialog', (dialog) => void dialog.accept());
  await page.goto(`${stage.pages.origin}/hostile.html`);
  await stage.lab.start(page);
  await pause(800);
  const press = async (x: number, y: number) => {
    await click(page, x, y, 50);
    await pause(500);
  };
  // Asked of the browser and not of the page, whose own functions are broken.
  const at = async (selector: string) => {
    const { x, y } = (await page.locator(selector).boundingBox())!;
    return { x: x + 12, y: y + 10 };
  };
  for (const selector of ['#plain', '#clobbered', '#blank', '#inline', '#locked', '#freeze', '#many']) {
    const { x, y } = await at(selector);
    await press(x + (selector.startsWith('#b') || selector.startsWith('#i') || selector.startsWith('#l') ? 4 : 0), y + (selector.startsWith('#b') || selector.startsWith('#i') || selector.startsWith('#l') ? 6 : 0));
  }
  await pause(1_500);
  const nodes = await page.locator('*').count();
  const plain = await at('#plain');
  await press(plain.x, plain.y);
  await pause(2_000);
  await page.goto(`${stage.pages.origin}/strict.html`);
  await pause(800);
  const strict = await at('#strict');
  await press(strict.x, strict.y);
  await page.goto(`${stage.pages.origin}/paper.pdf`).catch(() => undefined);
  await pause(2_500);
  await page.goto(`${stage.pages.origin.replace('127.0.0.1', 'localhost')}/marker.html`);
  await pause(600);
  await press(40, 220);
  await page.goto(`${stage.pages.origin}/marker.html`);
  await pause(600);
  await press(40, 220);
  await stage.lab.stop();
  await until(() => stage.server.session().sealed, 'the session is sealed');

  const clicks = stage.server.interactions().filter(({ type }) => type === 'click');
  const names = clicks.map(({ element }) => element?.name);
  console.log(`FIGURE hostile pages: ${names.join(' | ')}; gaps: ${stage.server.gaps().map(({ kind }) => kind).join(' ')}; on ${nodes} elements an action cost ${clicks.filter(({ element }) => element?.name === 'Plain').at(-1)?.recorderCostMs} ms`);
  expect(names).toEqual(['Plain', 'Clobbered form', 'Blank frame', 'Inline frame', 'Sandboxed frame', 'Freeze for a second', 'A hundred thousand elements', 'Plain', 'Under a strict policy', 'At the click']);
  const frameClick = clicks.find(({ element }) => element?.name === 'Inline frame')!;
  const box = frameClick.element!.box!;
  expect(frameClick.coordinates!.x).toBeGreaterThanOrEqual(box.x);
  expect(frameClick.coordinates!.y).toBeLessThanOrEqual(box.y + box.height);
  expect(stage.server.gaps().map(({ kind }) => kind)).toContain('excluded');
  expect(stage.server.interactions().some(({ pageContext }) => pageContext?.url?.includes('localhost'))).toBe(false);
});
