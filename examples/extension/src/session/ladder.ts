import { type CaptureLevel, captureLevels } from './recording.ts';

export interface Strain {
  /** 0 to 1: how full the outbox is. */
  fill: number;
  /** Median main-thread milliseconds of the last actions. */
  costMs: number;
}

const steps: { level: CaptureLevel; fill: number; costMs: number }[] = [
  { level: 'basic', fill: 0.95, costMs: 60 },
  { level: 'events-only', fill: 0.85, costMs: Infinity },
  { level: 'fewer-frames', fill: 0.6, costMs: Infinity },
];
/** Going up again needs this much more room than going down did, or the level would flutter. */
const RELIEF = 0.25;

/** One step at a time: down as soon as something strains, up once there is room to spare. */
export function nextLevel(level: CaptureLevel, { fill, costMs }: Strain): CaptureLevel {
  const at = captureLevels.indexOf(level);
  const wanted = steps.find((step) => fill >= step.fill || costMs >= step.costMs)?.level ?? 'full';
  const target = captureLevels.indexOf(wanted);
  if (target > at) return captureLevels[at + 1]!;
  if (target === at || at === 0) return level;
  const entered = steps.find((step) => step.level === level)!;
  return fill <= entered.fill - RELIEF && costMs < entered.costMs / 2 ? captureLevels[at - 1]! : level;
}

export const levelMessages: { [level in CaptureLevel]: string } = {
  full: 'Everything is recorded again.',
  'fewer-frames': 'Much is waiting to be sent, so fewer pictures are taken. Check your connection; actions are all kept.',
  'events-only': 'The outbox is nearly full, so no pictures are taken for now. Check your connection; actions are all kept.',
  basic: 'The recorder keeps to the least: what you do, without the page around it. Check your connection or close heavy pages.',
};
