// The vendored files are those of the named npm packages, byte for byte, and their licences lie beside them.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const vendor = new URL('../../src/dashboard/vendor/', import.meta.url);
const packages = new URL('./node_modules/', import.meta.url);
const digest = (/** @type {URL} */ file) => createHash('sha256').update(readFileSync(file)).digest('hex');

const rows = [...readFileSync(new URL('README.md', vendor), 'utf8').matchAll(/^\| `(\S+)` \| `(\S+)` (\S+) \| `(\S+)` \| \S+ `(\S+)` \|$/gm)];

test('the list of vendored files names packages, versions and licences', () => assert.equal(rows.length, 3));

for (const [, file, name, version, path, licence] of rows) {
  test(`${file} is ${path} of ${name} ${version}`, () => {
    const { version: installed } = JSON.parse(readFileSync(new URL(`${name}/package.json`, packages), 'utf8'));
    assert.equal(installed, version, 'another version is installed for the tests');
    assert.equal(digest(new URL(file, vendor)), digest(new URL(`${name}/${path}`, packages)));
    assert.equal(digest(new URL(licence, vendor)), digest(new URL(`${name}/LICENSE`, packages)));
  });
}
