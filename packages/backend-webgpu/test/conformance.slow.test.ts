import { describeConformancePart } from './conformance.js';

describeConformancePart('slow');
