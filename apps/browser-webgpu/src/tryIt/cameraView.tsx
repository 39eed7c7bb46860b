import { useEffect, useRef } from 'preact/hooks';
import { closeCamera, snapshot } from './camera.js';

export interface CameraViewProps {
  stream: MediaStream;
  /** What works best. */
  advice: string;
  onPicture: (picture: ImageData) => void;
  onClose: () => void;
}

/** What the camera sees, and a button that takes the picture in the square. */
export function CameraView({ stream, advice, onPicture, onClose }: CameraViewProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    video.current!.srcObject = stream;
    video.current!.focus();
    return () => closeCamera(stream);
  }, [stream]);
  const take = () => {
    if (video.current!.videoWidth > 0) onPicture(snapshot(video.current!));
  };
  return (
    <div class="camera">
      <video ref={video} autoPlay playsInline muted aria-label="What the camera sees" />
      <p class="hint">{advice}</p>
      <div class="pad-tools">
        <button type="button" class="primary" onClick={take}>
          Take the picture
        </button>
        <button type="button" onClick={onClose}>
          Close the camera
        </button>
      </div>
    </div>
  );
}
