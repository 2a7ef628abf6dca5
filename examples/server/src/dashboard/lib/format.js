// Numbers, times and sizes as people read them.

/** @param {number | undefined | null} millis */
export function when(millis) {
  if (millis === undefined || millis === null) return '–';
  return new Date(millis).toLocaleString(undefined, { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });
}

/** @param {number | undefined | null} millis */
export function day(millis) {
  if (millis === undefined || millis === null) return '–';
  return new Date(millis).toLocaleDateString(undefined, { year: 'numeric', month: 'short', day: 'numeric' });
}

/** @param {number | undefined | null} millis */
export function duration(millis) {
  if (millis === undefined || millis === null || !Number.isFinite(millis)) return '–';
  if (millis < 1_000) return `${Math.round(millis)} ms`;
  if (millis < 60_000) return `${(millis / 1_000).toFixed(millis < 10_000 ? 1 : 0)} s`;
  const minutes = Math.floor(millis / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.round((millis % 60_000) / 1_000)} s`;
  if (minutes < 60 * 48) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.round(minutes / 60 / 24)} days`;
}

/** A moment of a session, counted from its begin. @param {number} millis */
export function clock(millis) {
  const total = Math.max(0, millis) / 1_000;
  const seconds = total % 60;
  return `${Math.floor(total / 60)}:${seconds < 10 ? '0' : ''}${seconds.toFixed(1)}`;
}

/** @param {number} count */
export function bytes(count) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let at = 0;
  while (count >= 1_000 && at < units.length - 1) {
    count /= 1_000;
    at += 1;
  }
  return `${at === 0 ? count : count.toFixed(count < 10 ? 1 : 0)} ${units[at]}`;
}

/** @param {number} count */
export function number(count) {
  return count.toLocaleString();
}

/** @param {number} count @param {string} one @param {string} [many] */
export function counted(count, one, many = `${one}s`) {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** @param {number | undefined | null} share 0 to 1 */
export function percent(share) {
  return share === undefined || share === null ? '–' : `${Math.round(share * 100)} %`;
}

/** `test-id` and `doubleClick` as words. @param {string} name */
export function words(name) {
  const spaced = name.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[-_]/g, ' ').toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
