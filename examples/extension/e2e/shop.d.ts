declare module '*/static-server.js' {
  export function serveShop(): Promise<{ origin: string; close(): void }>;
}
