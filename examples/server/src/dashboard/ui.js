// Preact and htm under one roof. `html` writes nodes: whatever stands in a `${…}` becomes text or an attribute, never markup.

import { createContext, Fragment, h, render } from './vendor/preact.mjs';
import htm from './vendor/htm.mjs';

export { createContext, Fragment, h, render };
export { useCallback, useContext, useEffect, useLayoutEffect, useMemo, useRef, useState } from './vendor/hooks.mjs';

export const html = htm.bind(h);
