//! `RTCDataChannel`, [WebRTC §6.2](https://www.w3.org/TR/webrtc/#rtcdatachannel), and the files that go over it.

use super::Exception;
use futures::future::LocalBoxFuture;

/// `RTCDataChannel`, reliable and ordered. It is closed with its connection.
pub trait DataChannel {
    /// `readyState == "open"`
    fn is_open(&self) -> bool;

    /// `send(bytes)`
    fn send(&self, bytes: &[u8]) -> Result<(), Exception>;

    /// `bufferedAmount`, in bytes.
    fn buffered_amount(&self) -> u64;
}

/// What happens to a data channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataChannelEvent {
    /// `message`; text is none.
    Message(Vec<u8>),
    /// `bufferedamountlow`, at the threshold that was set.
    BufferedAmountLow,
    /// `close`
    Close,
}

/// `File`, [File API §4](https://www.w3.org/TR/FileAPI/#file-section): one that the person has picked.
pub trait File {
    /// `name`
    fn name(&self) -> String;

    /// `size`, in bytes.
    fn size(&self) -> u64;

    /// `slice(from, to).arrayBuffer()`
    fn slice(&self, from: u64, to: u64) -> LocalBoxFuture<'static, Result<Vec<u8>, Exception>>;
}

/// `FileSystemWritableFileStream`, [File System §2.6](https://fs.spec.whatwg.org/#api-filesystemwritablefilestream), of a file that
/// no name from outside leads to. What is in it is gone when this is dropped.
pub trait WritableFile {
    /// `write(bytes)`, behind what was written before.
    fn write(&self, bytes: Vec<u8>) -> LocalBoxFuture<'static, Result<(), Exception>>;

    /// `close()`. Returns an address at which the file is, for as long as this is kept.
    fn close(&self) -> LocalBoxFuture<'static, Result<String, Exception>>;
}
