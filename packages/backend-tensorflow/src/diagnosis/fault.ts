/** Stable names for what can be wrong; messages may change, these do not. */
export type DiagnosisCode =
  /** Neither of tfjs-node's packages is installed. */
  | 'NO_PACKAGE'
  /** The package has no native addon for this system. */
  | 'NO_ADDON'
  /** Windows: tensorflow.dll isn't beside the addon. */
  | 'NO_DLL'
  /** The addon's libtensorflow isn't where it was. */
  | 'NO_LIBRARY'
  /** The library that was found isn't the one that the addon was built for. */
  | 'OTHER_LIBRARY'
  /** Built for another operating system, processor or Node. */
  | 'OTHER_SYSTEM'
  /** The system's C library is older than the one it was built with. */
  | 'OLD_SYSTEM'
  /** The processor lacks an instruction that it uses. */
  | 'OLD_PROCESSOR'
  /** CUDA or cuDNN is missing, or of another version than this libtensorflow needs. */
  | 'WRONG_CUDA'
  /** There is a GPU, and this libtensorflow was built without CUDA. */
  | 'LIBRARY_WITHOUT_CUDA'
  /** There is no GPU that TensorFlow can use. */
  | 'NO_GPU'
  /** Something else: the message has the error's text. */
  | 'NOT_LOADED';

export interface Fault {
  usable: false;
  code: DiagnosisCode;
  /** Why it can't run: full sentences. */
  reason: string;
  /** The command or the steps that put it right. */
  fix: string;
}

export type Diagnosis =
  | { usable: true; isGpu: boolean; device: string; details: Record<string, string> }
  | Fault;
