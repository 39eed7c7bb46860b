import { describeConformancePart } from './conformance.js';

describeConformancePart('quick');
