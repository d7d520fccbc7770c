//! Writing: the variant becomes the first field, `type`, of one object.

use serde::{
    Serialize, Serializer,
    ser::{Error as _, Impossible, SerializeStruct, SerializeStructVariant},
};

/// A serializer for an enum, or, once its newtype variant is known, for the struct within.
pub(crate) struct Flat<S> {
    inner: S,
    variant: Option<&'static str>,
}

impl<S: Serializer> Flat<S> {
    /// Writes to `inner`.
    pub(crate) fn new(inner: S) -> Self {
        Self { inner, variant: None }
    }

    fn object(
        self,
        name: &'static str,
        variant: &'static str,
        len: usize,
    ) -> Result<Object<S::SerializeStruct>, S::Error> {
        let mut object = self.inner.serialize_struct(name, len + 1)?;
        object.serialize_field("type", variant)?;
        Ok(Object(object))
    }
}

/// The object that is being written.
pub(crate) struct Object<O>(O);

macro_rules! fields {
    ($of:ident) => {
        impl<O: SerializeStruct> $of for Object<O> {
            type Ok = O::Ok;
            type Error = O::Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), O::Error> {
                self.0.serialize_field(key, value)
            }

            fn skip_field(&mut self, key: &'static str) -> Result<(), O::Error> {
                self.0.skip_field(key)
            }

            fn end(self) -> Result<O::Ok, O::Error> {
                self.0.end()
            }
        }
    };
}

fields!(SerializeStruct);
fields!(SerializeStructVariant);

/// What no tagged enum is made of.
macro_rules! refused {
    ($($name:ident($($argument:ty),*) $(of $of:ident)? -> $ok:ident)*) => {
        $(fn $name$(<$of: Serialize + ?Sized>)?(self $(, _: $argument)*) -> Result<Self::$ok, S::Error> {
            Err(S::Error::custom("only an enum of structs has a type"))
        })*
    };
}

impl<S: Serializer> Serializer for Flat<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Impossible<S::Ok, S::Error>;
    type SerializeTuple = Impossible<S::Ok, S::Error>;
    type SerializeTupleStruct = Impossible<S::Ok, S::Error>;
    type SerializeTupleVariant = Impossible<S::Ok, S::Error>;
    type SerializeMap = Impossible<S::Ok, S::Error>;
    type SerializeStruct = Object<S::SerializeStruct>;
    type SerializeStructVariant = Object<S::SerializeStruct>;

    fn serialize_unit_variant(
        self,
        name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<S::Ok, S::Error> {
        SerializeStruct::end(self.object(name, variant, 0)?)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        value.serialize(Self {
            variant: Some(variant),
            ..self
        })
    }

    fn serialize_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Object<S::SerializeStruct>, S::Error> {
        match self.variant {
            Some(variant) => self.object(name, variant, len),
            None => Err(S::Error::custom("a struct has no type")),
        }
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Object<S::SerializeStruct>, S::Error> {
        self.object(name, variant, len)
    }

    refused! {
        serialize_bool(bool) -> Ok
        serialize_i8(i8) -> Ok
        serialize_i16(i16) -> Ok
        serialize_i32(i32) -> Ok
        serialize_i64(i64) -> Ok
        serialize_u8(u8) -> Ok
        serialize_u16(u16) -> Ok
        serialize_u32(u32) -> Ok
        serialize_u64(u64) -> Ok
        serialize_f32(f32) -> Ok
        serialize_f64(f64) -> Ok
        serialize_char(char) -> Ok
        serialize_str(&str) -> Ok
        serialize_bytes(&[u8]) -> Ok
        serialize_none() -> Ok
        serialize_some(&T) of T -> Ok
        serialize_unit() -> Ok
        serialize_unit_struct(&'static str) -> Ok
        serialize_newtype_struct(&'static str, &T) of T -> Ok
        serialize_seq(Option<usize>) -> SerializeSeq
        serialize_tuple(usize) -> SerializeTuple
        serialize_tuple_struct(&'static str, usize) -> SerializeTupleStruct
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> SerializeTupleVariant
        serialize_map(Option<usize>) -> SerializeMap
    }
}
