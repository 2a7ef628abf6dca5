// The pages at the side, and who gets something to see on each. The server decides by itself whom it answers.

/**
 * `key` goes there after `g`.
 * @typedef {{ page: string, words: string, key: string, roles: import('./lib/types.js').Role[] }} Way
 */

/** @type {[string, Way[]][]} */
const GROUPS = [
  ['Record', [
    { page: 'sessions', words: 'Sessions', key: 's', roles: ['reviewer', 'collector'] },
    { page: 'review', words: 'Review', key: 'r', roles: ['reviewer'] },
    { page: 'datasets', words: 'Datasets', key: 'd', roles: ['reviewer'] },
    { page: 'training', words: 'Training', key: 't', roles: ['reviewer', 'operator'] },
  ]],
  ['Look after', [
    { page: 'privacy', words: 'Privacy', key: 'p', roles: ['privacy-officer'] },
    { page: 'storage', words: 'Storage', key: 'o', roles: ['privacy-officer', 'operator', 'admin'] },
    { page: 'audit', words: 'Audit', key: 'a', roles: ['privacy-officer'] },
  ]],
];

/** The groups of pages for somebody with these roles. @param {import('./lib/types.js').Role[]} roles @returns {[string, Way[]][]} */
export function waysFor(roles) {
  /** @type {[string, Way[]][]} */
  const groups = GROUPS.map(([group, ways]) => [group, ways.filter((way) => way.roles.some((role) => roles.includes(role)))]);
  return groups.filter(([, ways]) => ways.length > 0);
}
