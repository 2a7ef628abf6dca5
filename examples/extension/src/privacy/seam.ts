/**
 * Stands between the texts of two elements until personal data was looked for. Pages set words side by side that only
 * the eye keeps apart: a name and the button after it are one word in the document's own text.
 */
export const seam = '\u2063';

/** A text in which personal data was looked for, as a person reads it. */
export const withoutSeams = (text: string): string => text.replaceAll(seam, '').replace(/\s+/g, ' ').trim();
