// The post that both servers store and list.

export const post = {
  title: '月見 (Tsukimi)',
  description: 'We met at the river to look at the autumn moon. '.repeat(5),
  photo: '',
  user_id: 'kaguya',
};
