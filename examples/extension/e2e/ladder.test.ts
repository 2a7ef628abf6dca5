import { expect } from 'vitest';
import { captureLevels } from '../src/session/recording.ts';
import { pause, until } from './harness.ts';
import { browserTest, setStage } from './stage.ts';

const stage = setStage();

/** So little room that a minute without a server fills it. */
const MEGABYTES = 0.45;

browserTest('as the outbox fills the recorder steps down one step at a time, says so, and comes back up', async () => {
  const { lab, server, pages } = stage;
  const away = { serverUrl: 'ws://127.0.0.1:1/nobody', token: 'token', outboxMegabytes: MEGABYTES };
  await lab.set({ settings: away });
  const page = await lab.context.newPage();
  await page.goto(`${pages.origin}/large.html`);
  await lab.start(page, 'Fill the outbox');
  const seen: string[] = [];
  const told: string[] = [];
  let acts = 0;
  const actUntil = (level: string) => until(async () => {
    acts += 1;
    await page.locator(`[data-testid=product-${1 + (acts % 100)}] button`).click();
    await pause(500);
    const { recording, notices } = await lab.view();
    if (seen.at(-1) !== recording!.level) seen.push(recording!.level);
    const message = notices.find(({ code }) => code === 'capture-level')?.message;
    if (message && told.at(-1) !== message) told.push(message);
    return recording!.level === level;
  }, `the level ${level}`, 180_000);

  await actUntil('basic');
  expect(seen).toEqual(captureLevels.slice(seen[0] === 'full' ? 0 : 1));
  const down = acts;
  await lab.set({ settings: { ...away, serverUrl: server.url } });
  await actUntil('full');
  await lab.stop();
  await until(() => server.session().sealed, 'the session is sealed');

  const clicks = server.interactions().filter(({ type }) => type === 'click');
  const withFrames = clicks.filter(({ screenshots }) => (screenshots?.length ?? 0) > 0).length;
  const withContext = clicks.filter(({ pageContext }) => pageContext?.domHierarchy).length;
  const kinds = server.gaps().map(({ kind }) => kind);
  console.log(`FIGURE ladder: ${seen.join(' -> ')} within ${down} actions and back after ${acts - down} more; ${clicks.length} of ${acts} actions arrived, ${withContext} with the page around them, ${withFrames} with pictures; ${kinds.filter((kind) => kind === 'outbox-full').length} gaps say that pictures were dropped; ${told.length} notices`);
  expect(clicks.length).toBe(acts);
  expect(told.length).toBeGreaterThanOrEqual(6);
  expect(withContext).toBeLessThan(acts);
  expect(withFrames).toBeLessThan(withContext);
  expect(server.violations).toEqual([]);
});
