/** Reads and writes JSON in a web storage area; what cannot be read counts as absent. */
export function saved(area, key, absent) {
  return {
    read() {
      try {
        return JSON.parse(area.getItem(key)) ?? absent;
      } catch {
        return absent;
      }
    },
    write: (value) => area.setItem(key, JSON.stringify(value)),
    clear: () => area.removeItem(key),
  };
}
