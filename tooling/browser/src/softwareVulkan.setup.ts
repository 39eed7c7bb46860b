import type { TestProject } from 'vitest/node';
import { softwareVulkan } from './softwareVulkan.ts';

/** For vitest: starts the project's test processes where Dawn finds SwiftShader. */
export default async function setup(project: TestProject): Promise<void> {
  project.config.env = { ...project.config.env, ...(await softwareVulkan()) };
}
