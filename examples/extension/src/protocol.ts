/** The protocol's types come from the Rust sources; nothing is copied by hand. */
export type * from '../../../codesight-core/schema/codesight.v1.ts';

export const PROTOCOL = 'codesight.v1';
