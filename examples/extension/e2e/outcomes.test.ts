import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { servePages } from '../test/pages-server.ts';
import { pause, until } from './harness.ts';
import { Person } from './person.ts';
import { isBrowserMissing, setStage } from './stage.ts';
import { findTasks, quoted, solutions } from './tasks.ts';

/** Where the recordings are kept as a sample for the pipeline's test; without it they are made and thrown away. */
const kept = process.env.CODESIGHT_KEEP_OUTCOMES;
const folder = findTasks();
const EPISODES = Number(process.env.CODESIGHT_OUTCOME_EPISODES ?? 1);
const stage = setStage({ settings: { captureProfile: 'events-only' } });
let tasks: { origin: string; close(): void };
beforeAll(async () => { if (folder) tasks = await servePages(pathToFileURL(`${folder}/`)); });
afterAll(() => tasks?.close());

const other = (words: string[], wanted: string[]) => words.map((word) => word.trim()).find((word) => word !== '' && !wanted.includes(word));

/** The task as somebody reads it who does not read well; none when the page offers nothing else. */
const misread: { [task: string]: (page: Page, query: string) => Promise<string | undefined> } = {
  'click-button': async (page, query) => {
    const wrong = other(await page.locator('#area button').allInnerTexts(), quoted(query));
    return wrong && `Click on the "${wrong}" button.`;
  },
  'click-link': async (page, query) => {
    const wrong = other(await page.locator('#area .alink').allInnerTexts(), quoted(query));
    return wrong && `Click on the link "${wrong}".`;
  },
  'click-tab': async (_page, query) => query.replace(/Tab #(\d)/, (_, number) => `Tab #${number === '1' ? 2 : 1}`),
  'click-checkboxes': async (page, query) => {
    const wanted = /Select (.*) and click/.exec(query)![1]!.split(', ');
    const wrong = other(await page.locator('#boxes label').allInnerTexts(), wanted);
    return wrong && `Select ${[...wanted.filter((name) => name !== 'nothing').slice(1), wrong].join(', ')} and click Submit.`;
  },
  'click-option': async (page, query) => {
    const wrong = other(await page.locator('#boxes label').allInnerTexts(), [/Select (.*) and click/.exec(query)![1]!]);
    return wrong && `Select ${wrong} and click Submit.`;
  },
  'choose-list': async (page, query) => {
    const wrong = other((await page.locator('#options option').allInnerTexts()).reverse(), [/Select (.*) from/.exec(query)![1]!]);
    return wrong && `Select ${wrong} from the list and click Submit.`;
  },
  'enter-text': async (_page, query) => `Enter "${quoted(query)[0]!.slice(0, -1)}" into the text field and press Submit.`,
  'use-spinner': async (_page, query) => query.replace(/Select (-?\d+)/, (_, number) => `Select ${Number(number) + (Number(number) > 0 ? 1 : -1)}`),
  'search-engine': async (_page, query) => query.replace(/click the (\d+)/, (_, number) => `click the ${number === '1' ? 2 : 1}`),
};

/** Whether the page shows the task done before anything was: nobody could tell from what was done. */
async function isDoneAlready(page: Page, query: string): Promise<boolean> {
  const first = page.locator('#options option').first();
  return (await first.count()) > 0 && (await first.innerText()) === /Select (.*) from/.exec(query)?.[1];
}

test.skipIf(isBrowserMissing || !folder)('tasks of miniwob are done well and badly, each as a session of its own, with the judgement of the page', async () => {
  const page = await stage.lab.context.newPage();
  page.setDefaultTimeout(60_000);
  const recordings: { task: string; goal: string; reward: number; interactions: unknown[] }[] = [];
  for (const [task, misreadBy] of Object.entries(misread)) {
    for (let episode = 0; episode < EPISODES * 2; episode += 1) {
      await page.goto(`${tasks.origin}/miniwob/${task}.html`);
      await page.evaluate('core.EPISODE_MAX_TIME = 600000; core.startEpisodeReal()');
      const goal = await page.locator('#query').innerText();
      const read = episode % 2 === 0 ? goal : await misreadBy(page, goal);
      if (read === undefined || (await isDoneAlready(page, goal))) continue;
      await stage.lab.start(page, goal);
      await pause(300);
      await solutions[task]!(new Person(page, 90), read);
      await until(() => page.evaluate('WOB_DONE_GLOBAL') as Promise<boolean>, `${task} ends`);
      const reward = (await page.evaluate('WOB_RAW_REWARD_GLOBAL')) as number;
      await pause(400);
      await stage.lab.stop();
      await until(() => stage.server.session().sealed, 'the session is sealed');
      recordings.push({ task, goal, reward, interactions: stage.server.interactions() });
    }
  }
  const done = recordings.filter(({ reward }) => reward > 0).length;
  console.log(`FIGURE miniwob, ${Object.keys(misread).length} tasks done well and badly: ${recordings.length} sessions, ${done} with a reward`);
  expect(recordings.every(({ interactions }) => interactions.length > 0)).toBe(true);
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(recordings.length);
  if (kept) writeFileSync(kept, gzipSync(JSON.stringify(recordings)));
});
