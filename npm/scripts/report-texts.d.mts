export function reportTextsFile(): { url: URL; content: string };
