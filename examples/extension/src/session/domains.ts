/** Whether a page of this address may be recorded. Only ordinary web pages can be; denied domains win. */
export function mayRecord(address: string, lists: { allowedDomains: string[]; deniedDomains: string[] }): boolean {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return false;
  }
  // Frames without an address of their own follow the page they are in, which was asked already.
  if (/^(about|blob|data):$/.test(url.protocol)) return true;
  if (!/^(https?|file):$/.test(url.protocol)) return false;
  const isIn = (domain: string) => {
    const wanted = domain.trim().toLowerCase().replace(/^\*\./, '');
    return wanted !== '' && (url.hostname === wanted || url.hostname.endsWith(`.${wanted}`));
  };
  if (lists.deniedDomains.some(isIn)) return false;
  return lists.allowedDomains.length === 0 || lists.allowedDomains.some(isIn);
}
